-- How many edges of a kind were right where the truth is known: what the confidence of links.edge is.
-- scope: record
-- basis: what the edge rests on: a record; an id in common, where the way between the two nodes is proven of others,
--   configured, or a habit (how much more evenly the callee's node follows the caller's than any other, in percent);
--   a trace in common and a habit; presumed (links.presumed); or configuration and time (links.configured)
-- candidates: for so many candidates and more, up to the next row
-- correct: edges that were right
-- given: edges
-- confidence: share that was right, a doubt added ((correct + 1) / (given + 2)), two decimals; of a record that
--   names one caller 1.0, of one that fits several links.edge makes it one in so many. What is no record is at most
--   0.98 where the way is proven, 0.97 where it is configured, and else 0.94: never exact
select
    basis, candidates, correct, given, case
        when basis = 'record' then 1.0
        else least(round((correct + 1.0) / (given + 2), 2), case basis
            when 'id, way proven' then 0.98 when 'id, way configured' then 0.97 else 0.94 end)
    end::double as confidence
-- Written by `python tests/scoreboard/calibrate.py --write`.
from (values
    -- checkout-59-rolled-back:0:0.05,1:1,10,100 variable-not-carried-over:0:0.05:1,10,100 crm-certificate-expired:3:1:1 first-night:2:0.05:1,10,100
    ('id, habit 100', 1, 30, 61),
    ('id, habit 100', 10, 0, 38),
    ('id, habit 120', 1, 20, 20),
    ('id, habit 120', 3, 13, 13),
    ('id, habit 120', 5, 1698, 1698),
    ('id, habit 120', 10, 561, 561),
    ('id, habit 200', 1, 2532, 2561),
    ('id, habit 200', 2, 13, 14),
    ('id, habit 200', 3, 32, 32),
    ('id, habit 200', 5, 2237, 2237),
    ('id, habit 200', 10, 623, 681),
    ('id, way configured', 1, 5403, 5403),
    ('id, way configured', 2, 454, 1142),
    ('id, way configured', 3, 0, 160),
    ('id, way proven', 1, 19346, 19350),
    ('id, way proven', 2, 904, 905),
    ('id, way proven', 3, 0, 10),
    ('presumed', 1, 122, 186),
    ('record', 1, 30693, 30693),
    ('time', 1, 1200, 1270),
    ('time', 2, 573, 680),
    ('time', 5, 4, 31),
    ('time', 10, 27, 282),
    ('time', 30, 0, 233),
    ('trace, habit', 1, 12, 12),
    ('trace, habit', 3, 0, 2)
) as t(basis, candidates, correct, given)
