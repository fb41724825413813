"""How both ends of gRPC are set."""

LARGEST_MESSAGE_BYTES = 16_000_000
_SIZES = [
    # The library of a large house in one list is larger than the default of 4 MB.
    ("grpc.max_receive_message_length", LARGEST_MESSAGE_BYTES),
    ("grpc.max_send_message_length", LARGEST_MESSAGE_BYTES),
]
SERVER_OPTIONS = [
    *_SIZES,
    # Two processes at one address would answer in turns; the second is to fail.
    ("grpc.so_reuseport", 0),
]
CHANNEL_OPTIONS = [
    *_SIZES,
    # A process that was restarted is found again at once: the default waits up to two minutes.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 500),
    # Repeating is decided by who asks, who alone knows whether it is safe.
    ("grpc.enable_retries", 0),
]
