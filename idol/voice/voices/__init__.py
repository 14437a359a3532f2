"""The voices that come with Idol; each is registered as a plug-in like anyone's."""
