DROP FUNCTION count_call, forget_rate_limits;
DROP TABLE rate_limits, rate_limit_calls;
COMMENT ON TABLE api_calls IS 'Moments of the calls of the last minute, for limits that hold across instances. Empty after a crash, by intent.';
