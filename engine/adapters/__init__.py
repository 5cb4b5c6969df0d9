"""The world as it is: each file speaks to one kind of machine, behind one port."""
