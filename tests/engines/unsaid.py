"""A contract that does not say who may ask is no contract."""

import pytest
from contracts.generate import NobodyMayAsk, access_source
from google.protobuf import descriptor_pb2

from matinee.contracts import access_pb2


def method(*by: int, act: bool = False) -> descriptor_pb2.MethodDescriptorProto:
    made = descriptor_pb2.MethodDescriptorProto(name="Close", input_type=".matinee.v1.Nothing")
    made.options.Extensions[access_pb2.asked_by].extend(by)  # pyright: ignore
    made.options.Extensions[access_pb2.act] = act  # pyright: ignore
    return made


def said(made: descriptor_pb2.MethodDescriptorProto) -> str:
    return access_source("House.Close", made, {"Nothing": descriptor_pb2.DescriptorProto(name="Nothing")}, access_pb2)


@pytest.mark.parametrize("forgotten", [method(), method(access_pb2.Asked.BY_UNSPECIFIED)])
def test_a_method_that_does_not_say_who_may_ask_is_not_generated(forgotten: descriptor_pb2.MethodDescriptorProto) -> None:
    """Who adds a method is told which word is missing, before anything of it exists."""
    with pytest.raises(NobodyMayAsk, match=r"House\.Close.*add \{ option \(asked_by\)"):
        said(forgotten)


def test_an_act_is_the_operators_alone() -> None:
    """What is written down as an operator's act cannot be asked by anybody else, not even by the house."""
    assert "act=True" in said(method(access_pb2.Asked.OPERATOR, act=True))
    for other in (access_pb2.Asked.MEMBER, access_pb2.Asked.HOUSE, access_pb2.Asked.ANYBODY):
        with pytest.raises(NobodyMayAsk, match="nobody else"):
            said(method(access_pb2.Asked.OPERATOR, other, act=True))
