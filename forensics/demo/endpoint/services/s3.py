"""S3: rest-xml. Shapes from botocore's model (s3/2006-03-01)."""

from __future__ import annotations

from forensics.demo.endpoint.listing import Entry, Item, Kind, Pages, paged
from forensics.demo.endpoint.service import Body, Call, Refusal, Service, XmlNames
from forensics.demo.endpoint.world import World

__all__ = ["SERVICE"]

BUCKET = Kind("Buckets", "Bucket", ("Name",), ("NoSuchBucket", "The specified bucket does not exist", 404))
_MISSING = Refusal("NoSuchKey", "The specified key does not exist.", 404)
_OBJECTS = Pages("max-keys", "continuation-token", "NextContinuationToken", 1_000, clamps=True)
_PAGES = Pages("max-buckets", "continuation-token", "ContinuationToken", 10_000)


def list_buckets(world: World, call: Call) -> Body:
    """By name, of all regions; a bucket without a region of its own is in the account's."""
    prefix, region = str(call.params.get("prefix") or ""), call.params.get("bucket-region")
    known = sorted(world.configuration.items("s3", "Buckets"), key=BUCKET.key)
    found = [item for item in known if BUCKET.key(item).startswith(prefix)]
    found = [item for item in found if region in (None, item.get("BucketRegion", world.region))]
    shown, following = paged(world, call, _PAGES, found)
    owner: Item = {"Owner": {"ID": world.account.zfill(64)}}
    return {"Buckets": shown} | owner | following | ({"Prefix": prefix} if prefix else {})


def list_objects(world: World, call: Call) -> Body:
    """Those that exports wrote, by key."""
    bucket, prefix = str(call.params["Bucket"]), str(call.params.get("prefix") or "")
    held = world.exports.buckets.get(bucket, {})
    found = [{"Key": key, "Size": len(held[key])} for key in sorted(held) if key.startswith(prefix)]
    shown, following = paged(world, call, _OBJECTS, found)
    told = {"Name": bucket, "Prefix": prefix, "KeyCount": len(shown), "IsTruncated": bool(following)}
    return told | {"Contents": shown} | following


def get_object(world: World, call: Call) -> Body:
    content = world.exports.buckets.get(str(call.params["Bucket"]), {}).get(str(call.params["Key"]))
    if content is None:
        raise _MISSING
    return [content]


SERVICE = Service(
    signing_name="s3",
    protocol="rest-xml",
    version="2006-03-01",
    operations={
        "GetBucketNotificationConfiguration": Entry(BUCKET, "Notifications"),
        "GetObject": get_object,
        "ListBuckets": list_buckets,
        "ListObjectsV2": list_objects,
    },
    routes={
        "GET /": "ListBuckets",
        "GET /{Bucket}?notification": "GetBucketNotificationConfiguration",
        "GET /{Bucket}?list-type=2": "ListObjectsV2",
        "GET /{Bucket}/{Key+}": "GetObject",
    },
    xml=XmlNames(
        roots={
            "GetBucketNotificationConfiguration": "NotificationConfiguration",
            "ListBuckets": "ListAllMyBucketsResult",
            "ListObjectsV2": "ListBucketResult",
        },
        members={
            "Events": "Event",
            "Filter.Key": "S3Key",
            "FilterRules": "FilterRule",
            "LambdaFunctionArn": "CloudFunction",
            "LambdaFunctionConfigurations": "CloudFunctionConfiguration",
            "QueueArn": "Queue",
            "QueueConfigurations": "QueueConfiguration",
            "TopicArn": "Topic",
            "TopicConfigurations": "TopicConfiguration",
        },
        items={"Buckets": "Bucket"},
        flat=frozenset(
            [
                *(
                    "ChecksumAlgorithm",
                    "CommonPrefixes",
                    "Contents",
                    "Events",
                    "FilterRules",
                    "LambdaFunctionConfigurations",
                ),
                *("QueueConfigurations", "TopicConfigurations"),
            ]
        ),
    ),
    bad_token=("InvalidArgument", "The continuation token provided is incorrect"),
    invalid="InvalidArgument",
    actions={
        "GetBucketNotificationConfiguration": "GetBucketNotification",
        "ListBuckets": "ListAllMyBuckets",
        "ListObjectsV2": "ListBucket",
    },
)
