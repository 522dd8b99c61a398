"""The embedded model: a tiny reflective language model, trained here from made-up data."""
