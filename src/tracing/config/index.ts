/** All that can be told to tracing and its parts, and nothing of what they do: whoever only reads a configuration loads
 *  none of it. */
export { IncidentsConfig } from '../incidents/config.ts';
export { NotifyConfig } from '../notify/config.ts';
export { TracingSettings } from '../settings.ts';
export { TraceStoreLimits } from '../traces/limits.ts';
