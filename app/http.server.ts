import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { createRequestHandler } from '@remix-run/express'
import type { ServerBuild } from '@remix-run/node'
import compression from 'compression'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import helmet from 'helmet'
import type { Logger } from 'pino'
import { pinoHttp } from 'pino-http'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { MOST_BYTES } from '#workflows/people/import/columns.ts'
import { createApi } from './api/answer.server.ts'
import type { Readiness } from './readiness.server.ts'
import type { Services } from './services/services.ts'
import { createRefusedTokens } from './utils/refused-tokens.server.ts'

/** Ceremonies from one address: enough for a busy office behind one proxy, too few to guess anything. */
const CEREMONIES = { points: 240, duration: 60 }
const CEREMONY_PATHS = /^\/(sign-in|enrol\/)/
/** Openings of share links from one address: each is an entry of the record. */
const OPENINGS = { points: 30, duration: 60 }
const SHARE_PATHS = /^\/shared\//
/** Deliveries of badge events from one address. */
const DELIVERIES = { points: 600, duration: 60 }
/** Change notifications from one address: a busy tenant's come from a few, and what is refused is sent again for hours. */
const NOTIFICATIONS = { points: 1200, duration: 60 }
const CHECKOUT = join(import.meta.dirname, '..')

/**
 * The web side: security headers with a nonce for each page, request ids, health, and Remix behind it. `build` gives
 * the compiled pages (or Vite's, while developing).
 */
export function createHttp({
	services,
	origin,
	trustedProxies,
	log,
	ready,
	build,
	developing = (app: Express) => void app,
}: {
	services: Services
	origin: string
	/** Networks of the proxies in front, whose word on the sender's address is taken; none means that nobody's is. */
	trustedProxies: readonly string[]
	log: Logger
	ready: Readiness
	build: ServerBuild | (() => Promise<ServerBuild>)
	developing?: (app: Express) => void
}): Express {
	const app = express()
	app.disable('x-powered-by')
	app.set('trust proxy', [...trustedProxies])
	app.use(requestIds(log), sayWhen)
	app.get('/healthz', (_request, response) => void response.type('text').send('ok'))
	app.get('/readyz', (_request, response, next) => {
		ready().then(({ ready: isReady, checks }) => void response.status(isReady ? 200 : 503).json(checks), next)
	})
	app.use(nonce, securityHeaders(origin))
	app.use(compression())
	developing(app)
	app.use('/assets', express.static(join(CHECKOUT, 'build/client/assets'), { immutable: true, maxAge: '1y' }))
	app.use(express.static(join(CHECKOUT, 'build/client'), { maxAge: '1h', index: false }))
	app.use(
		sameOrigin(origin),
		limitBodies,
		limitCeremonies(),
		limitOpenings(),
		limitDeliveries(),
		limitNotifications(),
	)
	const programs = { answer: createApi(), refused: createRefusedTokens() }
	const provisioners = { refused: createRefusedTokens() }
	const pages = createRequestHandler({
		build,
		getLoadContext: (request, response) => ({
			services,
			programs,
			provisioners,
			cspNonce: response.locals.nonce as string,
			requestId: String(response.locals.requestId),
			isSecure: origin.startsWith('https:'),
			address: request.ip ?? '',
			log,
			drained: () => drained(response),
		}),
	})
	app.all('*', (request, response, next) => {
		pages(request, response, next).catch(next)
	})
	return app
}

/** Resolves when the receiver has taken what was written; Remix writes on without asking. */
function drained(response: Response): Promise<void> {
	const isGone = () => response.destroyed || response.writableEnded
	if (isGone()) return Promise.reject(new Error('The receiver has gone.'))
	if (!response.writableNeedDrain) return Promise.resolve()
	return new Promise((resolve, reject) => {
		const settle = () => {
			response.off('drain', settle)
			response.off('close', settle)
			if (isGone()) reject(new Error('The receiver has gone.'))
			else resolve()
		}
		response.on('drain', settle)
		response.on('close', settle)
	})
}

function requestIds(log: Logger) {
	return pinoHttp({
		logger: log,
		genReqId: () => randomUUID(),
		autoLogging: { ignore: ({ url }) => url === '/healthz' || url?.startsWith('/assets/') === true },
		customLogLevel: (_request, response, error) =>
			error || isTrouble(response.statusCode) ? 'error' : 'debug',
		serializers: {
			// An enrolment link is a secret until it is used, a share link until it ends.
			req: ({ id, method, url }: { id: string; method: string; url: string }) => ({
				id,
				method,
				url: url.replace(/^\/(enrol|shared)\/[^/?]+/, '/$1/…').split('?')[0],
			}),
			res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
		},
	})
}

/** 501 is an answer: what was asked for is not supported. */
const isTrouble = (status: number) => status >= 500 && status !== 501

/** How long somebody who is told that this is not available now waits before they ask again. */
const AGAIN_AFTER_SECONDS = '30'

/** Whatever is answered with 503, and wherever: browsers and programs are told when to come back. */
function sayWhen(_request: Request, response: Response, next: NextFunction): void {
	const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => Response
	response.writeHead = (status: number, ...rest: unknown[]) => {
		if (status === 503 && !response.hasHeader('retry-after'))
			response.setHeader('retry-after', AGAIN_AFTER_SECONDS)
		return writeHead(status, ...rest)
	}
	next()
}

function nonce(request: Request, response: Response, next: NextFunction): void {
	response.locals.requestId = typeof request.id === 'string' ? request.id : ''
	response.locals.nonce = randomBytes(16).toString('base64')
	next()
}

function securityHeaders(origin: string) {
	const withNonce = (_request: unknown, response: unknown) =>
		`'nonce-${(response as Response).locals.nonce as string}'`
	return helmet({
		contentSecurityPolicy: {
			useDefaults: false,
			directives: {
				defaultSrc: ["'none'"],
				scriptSrc: [withNonce, "'strict-dynamic'"],
				styleSrc: ["'self'"],
				imgSrc: ["'self'", 'data:'],
				fontSrc: ["'self'"],
				connectSrc: ["'self'"],
				manifestSrc: ["'self'"],
				formAction: ["'self'"],
				frameAncestors: ["'none'"],
				baseUri: ["'none'"],
			},
		},
		strictTransportSecurity: origin.startsWith('https:'),
		referrerPolicy: { policy: 'same-origin' },
	})
}

/** What programs send: no cookie speaks for them, each request brings its own proof. */
const SIGNED_PATHS = /^\/(feeds|scim\/v2|api\/v1|graph)\//
const API_PATHS = /^\/api\/v1\//
const FEED_PATHS = /^\/feeds\//
const NOTIFICATION_PATHS = /^\/graph\//

/** A form of another site must not act for whoever is signed in here. */
function sameOrigin(origin: string) {
	return (request: Request, response: Response, next: NextFunction): void => {
		const isSafe = request.method === 'GET' || request.method === 'HEAD' || SIGNED_PATHS.test(request.path)
		if (isSafe || request.headers.origin === origin) next()
		else response.status(403).type('text').send('This form was sent from another site.')
	}
}

/** What a form may hold at most: room for a text that is too large, so that its own page can say so. */
const LARGEST_BODY = 12_000_000

/** The one form that takes larger files: an import, and a little for the form around it. */
const IMPORT_PATH = /^\/people\/import(\.data)?$/
const LARGEST_IMPORT = MOST_BYTES + 100_000

function limitBodies(request: Request, response: Response, next: NextFunction): void {
	const { 'content-length': told, 'transfer-encoding': coding } = request.headers
	// They read no further than they may, and say so in their own form.
	if (API_PATHS.test(request.path) || NOTIFICATION_PATHS.test(request.path)) return next()
	// Neither of them means no body (RFC 9112, section 6.3), as a DELETE has none.
	if (request.method === 'GET' || request.method === 'HEAD' || (told ?? coding) === undefined) return next()
	const length = Number(told ?? Number.NaN)
	const largest = IMPORT_PATH.test(request.path) ? LARGEST_IMPORT : LARGEST_BODY
	if (length <= largest) return next()
	response
		.status(Number.isNaN(length) ? 411 : 413)
		.set('connection', 'close')
		.type('text')
		.send(`This form is larger than ${largest} bytes, or does not say how large it is. Nothing was stored.`)
}

const limitCeremonies = () =>
	limited(CEREMONIES, ({ method, path }) => method !== 'GET' && CEREMONY_PATHS.test(path))

const limitDeliveries = () => limited(DELIVERIES, ({ path }) => FEED_PATHS.test(path))

const limitNotifications = () => limited(NOTIFICATIONS, ({ path }) => NOTIFICATION_PATHS.test(path))

const limitOpenings = () => limited(OPENINGS, ({ path }) => SHARE_PATHS.test(path))

function limited(allowed: { points: number; duration: number }, counts: (request: Request) => boolean) {
	const limiter = new RateLimiterMemory(allowed)
	return (request: Request, response: Response, next: NextFunction): void => {
		if (!counts(request)) return next()
		limiter.consume(request.ip ?? '').then(
			() => next(),
			() =>
				void response
					.status(429)
					.set('retry-after', '60')
					.type('text')
					.send('Too many attempts from this address: wait a minute.'),
		)
	}
}
