"""Simple Notification Service: the query protocol. Shapes from botocore's model (sns/2010-03-31)."""

from __future__ import annotations

from forensics.demo.endpoint.listing import Kind, Listing, One, Pages, picked
from forensics.demo.endpoint.service import Service, XmlNames

__all__ = ["SERVICE"]

TOPIC = Kind("Topics", "TopicArn", ("TopicArn",), ("NotFound", "Topic does not exist", 404))
SUBSCRIPTION = Kind(
    collection="Subscriptions",
    param="SubscriptionArn",
    names=("SubscriptionArn",),
    missing=("NotFound", "Subscription does not exist", 404),
)
# 100 a page, always.
_PAGES = Pages("", "NextToken", "NextToken", 100)
_SUBSCRIPTION = picked("SubscriptionArn", "Owner", "Protocol", "Endpoint", "TopicArn")


SERVICE = Service(
    signing_name="sns",
    protocol="query",
    version="2010-03-31",
    operations={
        "GetSubscriptionAttributes": One(SUBSCRIPTION, show=picked("Attributes")),
        "GetTopicAttributes": One(TOPIC, show=picked("Attributes")),
        "ListSubscriptions": Listing(SUBSCRIPTION, "Subscriptions", _PAGES, _SUBSCRIPTION),
        "ListSubscriptionsByTopic": Listing(
            SUBSCRIPTION,
            "Subscriptions",
            _PAGES,
            _SUBSCRIPTION,
            where=lambda world, call, item: item["TopicArn"] == TOPIC.find(world, call)["TopicArn"],
        ),
        "ListTopics": Listing(TOPIC, "Topics", _PAGES, picked("TopicArn")),
    },
    xml=XmlNames(maps=frozenset(["Attributes"])),
    errors={"access_denied": ("AuthorizationError", 403), "internal_error": ("InternalError", 500)},
    bad_token=("InvalidParameter", "Invalid parameter: NextToken"),
    invalid="InvalidParameter",
    iam="SNS",
)
