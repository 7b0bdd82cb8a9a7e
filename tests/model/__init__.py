"""Tests of the shared words and of the questions that rules ask of them."""
