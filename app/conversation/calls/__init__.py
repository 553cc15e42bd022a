"""The telephone conversation: pure, like the written one."""
