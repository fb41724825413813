"""Whether an address can be listened on, asked before anything is started."""

import socket


def problem_with_port(host: str, port: int) -> str:
    """Why nobody could listen there, with the port named, or "" when one could."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return f"{host} port {port} cannot be listened on ({error.strerror})"
    return ""
