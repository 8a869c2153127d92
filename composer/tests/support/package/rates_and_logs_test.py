"""Rates, penalties and log endpoints as Python people expect them."""

import logging
import unittest
from datetime import timedelta
from unittest.mock import patch

import fastly_py  # isort: skip

from fastly_py import log
from fastly_py.erl import EdgeRateLimiter
from wit_world.imports import erl as erl_imports
from wit_world.imports import log as log_imports


class Limits(unittest.TestCase):
    def test_names_and_spans(self):
        with patch.object(erl_imports.RateCounter, "open") as counter, patch.object(erl_imports.PenaltyBox, "open") as box:
            limiter = EdgeRateLimiter("counter", "box")
            limiter.check_rate("someone", limit=5, ttl=timedelta(minutes=2))
            limiter.penalize("someone", 60)
        window = erl_imports.RateWindow.TEN_SECONDS
        checked = counter.return_value.check_rate
        checked.assert_called_once_with("someone", 1, window, 5, box.return_value, 120.0)
        box.return_value.add.assert_called_once_with("someone", 60.0)


class Log(unittest.TestCase):
    def test_endpoints_are_opened_once_and_late(self):
        with patch.object(log_imports.Endpoint, "open") as opened:
            handler = log.LogHandler(lambda record: record.levelname)
            logger = logging.Logger("a")
            logger.addHandler(handler)
            opened.assert_not_called()
            for text in ("one", "two \udcff"):
                logger.info(text)
            opened.assert_called_once_with("INFO")
            written = [call.args[0] for call in opened.return_value.write.call_args_list]
            self.assertEqual(written, [b"one", b"two \\udcff"])
            handler.close()
            logger.info("three")
            self.assertEqual(opened.call_count, 2)

    def test_what_goes_wrong_is_not_raised(self):
        logger = logging.Logger("a")
        handler = log.LogHandler(lambda record: 1 / 0)
        logger.addHandler(handler)
        with patch.object(handler, "handleError") as told:
            logger.info("one")
        told.assert_called_once()


if __name__ == "__main__":
    unittest.main()
