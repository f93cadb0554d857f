-- Which spool of a runner took a call: it is given again to that one alone, so that of two processes with one
-- certificate one makes it. A call that was taken before this is given to nobody any more and ends with its step's time.
ALTER TABLE runner_call ADD COLUMN taken_by text;
