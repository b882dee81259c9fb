"""Ask memory for a cell ahead of its use, from compiled code; nothing happens when the code is not compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, overload
from numpy.typing import NDArray

_generator: Any = cgutils
_OPTIONS: Any = {"_nrt": False, "forceinline": True}

WRITTEN, KEPT, DATA = 1, 3, 1
"""LLVM's hints: the cell will be written, is to stay in every cache, and is data."""


def prefetch(array: NDArray[Any], row: int, column: int) -> None:
    """Start to bring the cell's cache line near; `array` has two dimensions, and the cell must exist."""


def _emit(context: Any, builder: Any, signature: Any, arguments: Any) -> None:
    """Emit llvm.prefetch of the cell's address."""
    kind = signature.args[0]
    array = context.make_array(kind)(context, builder, arguments[0])
    cell = _generator.get_item_pointer(context, builder, kind, array, arguments[1:], wraparound=False)
    address, hint = ir.IntType(8).as_pointer(), ir.IntType(32)
    instruction = ir.FunctionType(ir.VoidType(), [address, hint, hint, hint])
    function = _generator.get_or_insert_function(builder.module, instruction, "llvm.prefetch.p0")
    hints = [ir.Constant(hint, value) for value in (WRITTEN, KEPT, DATA)]
    builder.call(function, [builder.bitcast(cell, address), *hints])


def _signature(context: Any, array: Any, row: Any, column: Any) -> Any:  # noqa: ARG001 - numba's own signature
    return types.void(array, types.int64, types.int64), _emit


_ask: Any = intrinsic(_signature)


@overload(prefetch, jit_options=_OPTIONS)
def _compiled_prefetch(array: Any, row: Any, column: Any) -> Callable[[Any, Any, Any], None]:  # noqa: ARG001
    def ask(array: Any, row: Any, column: Any) -> None:
        _ask(array, row, column)

    return ask
