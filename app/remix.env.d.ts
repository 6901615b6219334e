/// <reference types="@remix-run/node" />
/// <reference types="vite/client" />
import type { Logger } from 'pino'
import type { Services } from '#app/services/services.ts'

declare module '@remix-run/node' {
	// Single fetch: loaders give plain objects, and their types follow.
	interface Future {
		v3_singleFetch: true
	}
	interface AppLoadContext {
		services: Services
		cspNonce: string
		requestId: string
		isSecure: boolean
		/** Where the request comes from, as the socket says it. */
		clientAddress: string
		log: Logger
		/** Resolves when what was written so far is on its way; rejects when whoever asked has gone. */
		drained: () => Promise<void>
	}
}
