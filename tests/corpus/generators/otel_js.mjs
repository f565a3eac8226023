// Make spans with one real OpenTelemetry instrumentation of the OpenAI client for JavaScript, against loopback.py:
//
//   python loopback.py --otlp FILE &
//   node otel_js.mjs opentelemetry|traceloop
//
// in a folder where that instrumentation, openai, @opentelemetry/sdk-trace-node, @opentelemetry/resources and
// @opentelemetry/exporter-trace-otlp-http are installed. The server appends each body the exporter posts to the file.
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "package.json"));
const { NodeTracerProvider, BatchSpanProcessor } = require("@opentelemetry/sdk-trace-node");
const { OTLPTraceExporter } = require("@opentelemetry/exporter-trace-otlp-http");
const { resourceFromAttributes } = require("@opentelemetry/resources");
const { metrics, trace } = require("@opentelemetry/api");

const HOST = "http://127.0.0.1:18655";
const exporter = new OTLPTraceExporter({ url: `${HOST}/v1/traces`, headers: {} });
const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ "service.name": "demo" }),
  spanProcessors: [new BatchSpanProcessor(exporter, { maxExportBatchSize: 4 })],
});
provider.register();

const traceloop = process.argv[2] === "traceloop";
const { OpenAIInstrumentation } = require(
  traceloop ? "@traceloop/instrumentation-openai" : "@opentelemetry/instrumentation-openai",
);
const instrumentation = new OpenAIInstrumentation(
  traceloop ? { traceContent: false, enrichTokens: false } : { captureMessageContent: false },
);
instrumentation.setTracerProvider(provider);
instrumentation.setMeterProvider(metrics.getMeterProvider());
instrumentation.enable();
const { OpenAI } = require("openai");
if (traceloop) instrumentation.manuallyInstrument(OpenAI);

const client = new OpenAI({ baseURL: `${HOST}/v1`, apiKey: "sk-none", maxRetries: 0 });
const messages = [{ role: "user", content: "A question" }];

// Read a stream to its end.
async function drain(stream) {
  for await (const _ of await stream);
}

// Let a call fail.
async function failing(call) {
  await call.catch(() => undefined);
}

const deepseek = { model: "deepseek-ai/DeepSeek-V3.1", messages, stream: true };
await trace.getTracer("job").startActiveSpan("nightly job", async (span) => {
  await client.chat.completions.create({ model: "openai/gpt-oss-120b", messages, max_tokens: 500 });
  await drain(client.chat.completions.create({ ...deepseek, stream_options: { include_usage: true } }));
  span.end();
});
await drain(client.chat.completions.create(deepseek));
await failing(client.chat.completions.create({ model: "busy", messages }));
await failing(client.chat.completions.create({ model: "missing", messages }));
await client.embeddings.create({ model: "openai/text-embedding-3-small", input: "A text", encoding_format: "float" });
await provider.shutdown();
