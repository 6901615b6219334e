/** Who asks for customer content: through Azure's interface, Microsoft 365's commands, or by any other way, by hand. */
export const PROVIDERS = ['azure', 'm365', 'other'] as const
export type Provider = (typeof PROVIDERS)[number]
