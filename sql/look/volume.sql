-- What fills the log: events of the last 24 hours, by tenant and tag.
SET ROLE ee_audit;
SELECT coalesce(tenant, '(platform)') AS tenant, tag, count(*) AS events,
       pg_size_pretty(sum(octet_length(body))) AS bodies
  FROM engine.event
 WHERE at > now() - interval '24 hours'
 GROUP BY 1, 2
 ORDER BY events DESC;
SELECT pg_size_pretty(pg_total_relation_size('engine.event')) AS log_with_indexes;
