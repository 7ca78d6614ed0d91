"""Day 5: functions and their schedules, automatic scaling, alarms, and how new versions are delivered."""
