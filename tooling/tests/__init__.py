"""Tests of ./run: above all, that it fails in a sentence that says what to do."""
