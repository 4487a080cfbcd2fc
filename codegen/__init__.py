"""The generator: JSON Schemas in, C out. Start reading at `cli`, then `front`, then `model`."""
