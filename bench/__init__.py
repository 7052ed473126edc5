"""Measurements as commands: `make bench`.

`python -m bench` measures training, starting, memory and answering, and shows them beside
the bot that `rasa init` makes.  questions.jsonl holds the questions it asks, five in a row
to a conversation; every name, number and address in it is made up.
"""
