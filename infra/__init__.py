"""The large engines on one machine, without containers: real servers on loopback, for tests and for trying a region.

`ports.toml` says where they listen; each engine's folder holds its configuration and the file that knows how to start it.
Nothing here belongs to the product: `matinee` never imports it.
"""
