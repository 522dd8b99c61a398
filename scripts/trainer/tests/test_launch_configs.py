"""The shipped accelerate configurations, resolved by accelerate itself as its launcher does."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest
from accelerate.commands import launch

from reflection_trainer.checks import DISTRIBUTED_TYPES, check_packages, check_processes
from reflection_trainer.config import complete_config
from reflection_trainer.errors import ConfigError, UserError

CONFIGS = Path(__file__).parents[1] / "configs"


def resolved(
    name: str, monkeypatch: pytest.MonkeyPatch, precision: str = "bf16"
) -> tuple[Namespace, list[str]]:
    """What `accelerate launch` makes of our arguments, and the file's fields for DeepSpeed."""
    # Without GPUs accelerate turns to the CPU, silently: it is asked about a machine that has some.
    monkeypatch.setattr("torch.cuda.device_count", lambda: 4)  # of which it only counts
    config = str(CONFIGS / f"{name}.yaml")
    shape = ["--num_processes", "4", "--mixed_precision", precision, "--main_process_port", "0"]
    trainer = ["--module", "reflection_trainer", "--config", "run/config.json"]
    parser = launch.launch_command_parser()
    args = parser.parse_args(["--config_file", config, *shape, *trainer])
    args, defaults, precision_from_file = launch._validate_launch_command(args)
    assert not precision_from_file
    return args, list(defaults.deepspeed_config)


@pytest.mark.parametrize("name", ["fsdp", "zero2", "zero3"])
def test_accelerate_takes_the_configuration_as_it_is_meant(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    args, _ = resolved(name, monkeypatch)
    assert (args.num_processes, args.mixed_precision, args.num_machines) == (4, "bf16", 1)
    assert args.module and args.training_script == "reflection_trainer"
    assert args.training_script_args == ["--config", "run/config.json"]
    assert args.use_fsdp == (name == "fsdp")
    assert args.use_deepspeed == (name != "fsdp")
    if name == "fsdp":
        assert str(args.fsdp_version) == "2"
        assert args.fsdp_state_dict_type == "FULL_STATE_DICT"
    else:
        assert int(args.zero_stage) == int(name[-1])
        assert (str(args.zero3_save_16bit_model).lower() == "true") == (name == "zero3")


def test_every_kind_of_sharding_has_a_configuration_and_a_proof() -> None:
    files = {path.stem for path in CONFIGS.glob("*.yaml")}
    assert files == set(DISTRIBUTED_TYPES)


def configured(**fields: object) -> object:
    return complete_config(
        {"method": "rlerr", "model": {"path": "m"}, "data": {"path": "d"}, **fields}
    )


@pytest.mark.parametrize("kind", sorted(DISTRIBUTED_TYPES))
def test_sharding_that_did_not_happen_fails_the_run(kind: str) -> None:
    config = configured(sharding=kind)
    check_processes(2, 2, config, None, DISTRIBUTED_TYPES[kind])
    with pytest.raises(UserError, match=f"{kind} was asked for, but .* run as MULTI_CPU") as error:
        check_processes(2, 2, config, None, "MULTI_CPU")
    assert error.value.code == "sharding"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"sharding": "zero3"}, '"sharding": "zero3" needs the package deepspeed'),
        ({"rollouts": {"vllm": {}}}, '"rollouts.vllm" needs the package vllm'),
        ({"lora": {}}, '"lora" needs the package peft'),
        ({"reportTo": ["trackio"]}, '"reportTo": "trackio" needs the package trackio'),
    ],
)
def test_a_missing_package_is_named_before_anything_is_loaded(
    fields: dict[str, object], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reflection_trainer.checks.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=message) as error:
        check_packages(configured(**fields))
    assert error.value.code == "package-missing" and "pip install" in str(error.value)
