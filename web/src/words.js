// Numbers, times and names as they are read.

export const count = (n) => n.toLocaleString("en");
export const plural = (n, word) => `${count(n)} ${word}${n === 1 ? "" : "s"}`;
export const words = (text) => (text ?? "").replaceAll("_", " ");

export const clock = (text) => (text ? text.slice(11, 19) : "");
export const day = (text) => (text ? text.slice(0, 10) : "");
export const moment = (text) => (text ? `${day(text)} ${clock(text)}` : "");

export function took(ms) {
    if (ms === null || ms === undefined) return "";
    if (ms < 1) return `${(ms * 1000).toFixed(0)} µs`;
    if (ms < 100) return `${+ms.toFixed(1)} ms`;
    if (ms < 1000) return `${ms.toFixed(0)} ms`;
    if (ms < 59_950) return `${+(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
    const s = Math.round(ms / 1000);
    if (s < 3600) return `${Math.floor(s / 60)} min${s % 60 ? ` ${s % 60} s` : ""}`;
    if (s < 86_400) return `${Math.floor(s / 3600)} h${Math.floor((s % 3600) / 60) ? ` ${Math.floor((s % 3600) / 60)} min` : ""}`;
    return `${Math.floor(s / 86_400)} d${Math.floor((s % 86_400) / 3600) ? ` ${Math.floor((s % 86_400) / 3600)} h` : ""}`;
}

// A role is a sign and a word before it is a colour.
export const SIGNS = { origin: "●", victim: "○", amplifier: "▲", handler: "✓", contender: "◆", bystander: "·" };
export const ROLES = {
    origin: "where it began",
    victim: "failed because another did",
    amplifier: "its retries made it worse",
    handler: "it recovered",
    contender: "used up what was shared",
    bystander: "on the way, not at fault",
};
export const MARKS = { change: "△", onset: "✕", alarm: "◇", mitigation: "▽", recovery: "✓" };

const SHORT = {
    "AWS::Lambda::Function": "Lambda", "AWS::Lambda": "Lambda", "AWS::SQS::Queue": "SQS queue", "AWS::SNS::Topic": "SNS topic",
    "AWS::DynamoDB::Table": "DynamoDB table", "AWS::ECS::Container": "ECS", "AWS::EKS::Container": "EKS",
    "AWS::ApiGateway::Stage": "API Gateway", "AWS::ApiGatewayV2::Stage": "API Gateway", "AWS::S3::Bucket": "S3 bucket",
    "AWS::StepFunctions::StateMachine": "Step Functions", "AWS::Kinesis::Stream": "Kinesis stream",
    "AWS::Events::EventBus": "EventBridge", remote: "third party", client: "client",
};
export const kind = (text) => SHORT[text] ?? (text ?? "").replace(/^AWS::/, "").replaceAll("::", " ");
export const isQueue = (text) => /SQS|SNS|Events|Kinesis|Topic|Queue|Bus|Stream|Kafka|MSK|MQ/i.test(text ?? "");
