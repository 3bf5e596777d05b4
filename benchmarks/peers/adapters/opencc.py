"""OpenCC: conversion of script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import opencc


def normalize(texts: Iterable[str], config: str) -> Iterator[str]:
    return map(opencc.OpenCC(config).convert, texts)
