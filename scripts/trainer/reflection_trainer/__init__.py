"""Training for Reflection Workbench: reads a run directory's config, writes events and checkpoints.

`python -m reflection_trainer --config RUN/config.json`. The files of the run directory are the
whole interface; nothing is read from the terminal.
"""
