/**
 * The live dashboard: one page that shows requests, workers, metrics and language models as they are now.
 *
 * The command line serves it on the admin port. For a server of your own, {@linkcode dashboardRoutes} gives `serve()`
 * the page's paths, and {@linkcode createDashboard} makes a Fetch handler over any collector.
 *
 * @module
 */
export { createDashboard, type DashboardOptions, dashboardRoutes } from "./handler.ts";
