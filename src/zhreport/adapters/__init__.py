"""Engines that others bring: each hands its batches to the two functions of `arrow`. No rule about Chinese lives here."""
