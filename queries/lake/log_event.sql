-- One log event as CloudWatch Logs returned it, message included. The message is most of the
-- cost of any query: read the parsed columns of lake.log_record first.
-- needs: evidence.log_event
-- scope: record
-- account: AWS account id, null where an imported file names none
-- region: AWS region, null where an imported file names none
-- log_group: name of the log group, null where neither the file nor --log-group-name told
-- log_stream: name of the log stream
-- timestamp: the producer's time, UTC
-- ingestion_time: when CloudWatch Logs took the event, UTC
-- event_id: id within the log group; `derived-…` where the API gives none
-- message: the text as it was logged
-- is_escaped: true where bytes that are not valid text were escaped (\xff, \ud800)
-- ordinal: place among lines of one millisecond in the file that was read; null where ids of AWS, which
--   rise, tell it
select
    account, region, log_group, log_stream, timestamp, ingestion_time, event_id, message, is_escaped, ordinal
from evidence.log_event
