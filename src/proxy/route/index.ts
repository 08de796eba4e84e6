/** Which backend a client belongs to. */
export * as routeLimits from './limits.js';
export { UserPattern } from './pattern.js';
export { couldLeadTo, namedBackends, Router } from './router.js';
export { createRoutes } from './routes.js';
export { parseRouteTable } from './table.js';
