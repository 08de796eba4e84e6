/** Which clients a hello may come from. */
export { type HelloViews, type KnownLabel, LabelIndex, type SslJa3Of } from './label-index.js';
