"""How many speak of each touchpoint: `measure_shares` and `share_differences`."""

from __future__ import annotations

from tpfeedback.shares.differences import share_differences
from tpfeedback.shares.measuring import Shares, fit_shares, measure_shares

__all__ = ["Shares", "fit_shares", "measure_shares", "share_differences"]
