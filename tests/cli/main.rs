//! The program, as it is run at a terminal or by a script.
