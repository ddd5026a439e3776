"""The live inference engine, on durable-rules: conditions are rules over one message of integers."""
