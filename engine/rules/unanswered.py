"""What an operator does about a question that nobody answered."""

LOOK_AGAIN = "Look again; if it stays so, see whether the name servers of that domain answer."
