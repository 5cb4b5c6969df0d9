"""The log and the read models, in Postgres and in memory; both keep the same contract."""
