/** From a configuration to the command that runs it: one process, torchrun, or accelerate with a sharding engine. */
import { rolloutsOf, type TrainConfig } from '../schema/trainConfig.ts';

export interface LaunchPlan {
  readonly launcher: 'python' | 'torchrun' | 'accelerate';
  /** What follows the interpreter. */
  readonly args: readonly string[];
  /** Variables of the environment that the launcher needs. */
  readonly env: Readonly<Record<string, string>>;
  /** accelerate's own configuration, under `scripts/trainer/configs`; null where none is needed. */
  readonly configFile: string | null;
  /** What must run beside it, such as a vLLM server: told, not started. */
  readonly beside: readonly { readonly what: string; readonly command: readonly string[] }[];
}

/**
 * How long torchrun waits for a checkpoint after SIGTERM; its own default is 30 seconds. accelerate starts torchrun
 * too, but has no such option to hand on.
 */
const SHUTDOWN_SECONDS = '120';
const TRAINER = 'reflection_trainer';

/**
 * `accelerate launch` is used for FSDP and DeepSpeed only: without GPUs it silently starts one process, where torchrun
 * starts as many as were asked for. The trainer compares what runs with what was asked for in both cases.
 *
 * The port on which processes meet is always a free one: `--standalone` lets torchrun find it, `--main_process_port 0`
 * lets accelerate. torchrun's own `--master_port 0` is a trap: the processes take the 0 literally and wait forever.
 */
export function launchPlan(config: TrainConfig, configPath: string, configFolder: string): LaunchPlan {
  const processes = config.worldSize ?? 1;
  const trainer = [TRAINER, '--config', configPath];
  const beside = vllmServer(config);
  if (config.sharding !== 'none') {
    const configFile = `${configFolder}/${config.sharding}.yaml`;
    const launch = ['-m', 'accelerate.commands.launch', '--config_file', configFile];
    const precision = config.precision === 'float32' ? 'no' : 'bf16';
    const shape = ['--num_processes', String(processes), '--mixed_precision', precision];
    return {
      launcher: 'accelerate',
      args: [...launch, ...shape, '--main_process_port', '0', '--module', ...trainer],
      env: { TORCH_ELASTIC_SHUTDOWN_TIMEOUT: SHUTDOWN_SECONDS },
      configFile,
      beside,
    };
  }
  if (processes > 1) {
    const launch = ['-m', 'torch.distributed.run', '--standalone', '--nproc_per_node', String(processes)];
    const patience = ['--shutdown-timeout', SHUTDOWN_SECONDS];
    return {
      launcher: 'torchrun',
      args: [...launch, ...patience, '-m', ...trainer],
      env: {},
      configFile: null,
      beside,
    };
  }
  return { launcher: 'python', args: ['-m', ...trainer], env: {}, configFile: null, beside };
}

function vllmServer(config: TrainConfig): LaunchPlan['beside'] {
  const vllm = rolloutsOf(config)?.vllm;
  if (vllm?.mode !== 'server') return [];
  const port = vllm.serverUrl === null ? '8000' : new URL(vllm.serverUrl).port || '80';
  const command = ['trl', 'vllm-serve', '--model', config.model.path, '--port', port];
  return [
    {
      what: 'vLLM server for the rollouts, on GPUs of its own',
      command: [...command, '--max_model_len', String(config.maxLength)],
    },
  ];
}
