"""The load tester: fills a server with avatars that move like people, and checks everything it sends them."""
