"""Sync with the office: enrolment, sending the journal, taking the feed (syncserver/PROTOCOL.md)."""
