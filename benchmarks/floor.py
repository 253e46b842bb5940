"""The floor: what PostgreSQL alone needs to give each item a level and a penalty."""

from odoo.tools import SQL

from benchmarks.stopwatch import Stopwatch

TABLES = """
CREATE TEMP TABLE bench_level AS
    SELECT unnest(ARRAY[5, 15, 30, 45]) AS days;
CREATE TEMP TABLE bench_rate AS
    SELECT day::date AS first, (day + interval '6 months - 1 day')::date AS last,
           10 + random() AS rate
    FROM generate_series('2020-01-01'::date, CURRENT_DATE, '6 months') AS day;
CREATE TEMP TABLE bench_answer (line_id integer, level integer, penalty numeric)
"""

# Level by age; balance x rate x days of each period of the official rate.
ANSWER = """
INSERT INTO bench_answer
SELECT line.id,
       (SELECT max(days) FROM bench_level
         WHERE days <= CURRENT_DATE - line.date_maturity),
       sum(line.amount_residual * rate.rate / 100 / 365 * (
           LEAST(rate.last, CURRENT_DATE) - GREATEST(rate.first, line.date_maturity)))
  FROM account_move_line line
  JOIN account_account account ON account.id = line.account_id
  JOIN bench_rate rate
    ON rate.first <= CURRENT_DATE AND rate.last >= line.date_maturity
 WHERE account.account_type = 'asset_receivable'
   AND line.parent_state = 'posted' AND NOT line.reconciled
 GROUP BY line.id
"""


def measure(env):
    """Return the seconds of that one statement."""
    env.cr.execute(SQL(TABLES))
    watch = Stopwatch(env)
    with watch.step("floor"):
        env.cr.execute(SQL(ANSWER))
    return watch.steps
