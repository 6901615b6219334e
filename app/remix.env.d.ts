/// <reference types="@remix-run/node" />
/// <reference types="vite/client" />
import type { Logger } from 'pino'
import type { Api } from '#app/api/answer.server.ts'
import type { Services } from '#app/services/services.ts'
import type { RefusedTokens } from '#app/utils/refused-tokens.server.ts'

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
		/** From where it was asked; through proxies that are trusted, what they say. */
		address: string
		log: Logger
		/** Answers calls of programs, each token so often and no more, and counts the tokens that it refused. */
		programs: { answer: Api; refused: RefusedTokens }
		provisioners: { refused: RefusedTokens }
		/** Resolves when what was written so far is on its way; rejects when whoever asked has gone. */
		drained: () => Promise<void>
	}
}
