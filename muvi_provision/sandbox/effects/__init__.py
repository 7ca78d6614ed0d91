"""The bookkeeping and the answers that the emulator lacks; one file a noun."""
