"""The pages, a module each: functions from what was asked to what is shown. They block, and run in threads."""
