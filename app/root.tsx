import type { LinksFunction, LoaderFunctionArgs } from '@remix-run/node'
import { Links, Meta, Outlet, Scripts, ScrollRestoration, useRouteLoaderData } from '@remix-run/react'
import { useContext, type ReactNode } from 'react'
import { ErrorPage } from '#app/components/error-page.tsx'
import { WordsProvider } from '#app/messages/text.tsx'
import styles from '#app/styles/app.css?url'
import { languageOf, themeOf } from '#app/utils/cookies.server.ts'
import { requireNobody } from '#app/utils/guards.server.ts'
import { NonceContext } from '#app/utils/nonce.ts'
import { errorTitle } from '#app/utils/page-title.ts'

const TIME_ZONE = 'Europe/Berlin'

export const links: LinksFunction = () => [
	{ rel: 'stylesheet', href: styles },
	{ rel: 'icon', href: '/favicon.svg', type: 'image/svg+xml' },
]

// Each page says its own; this is what the page of an error has.
export const meta = errorTitle

export async function loader(args: LoaderFunctionArgs) {
	await requireNobody(args)
	const { request, context } = args
	return {
		language: await languageOf(request),
		theme: await themeOf(request),
		timeZone: TIME_ZONE,
		now: context.services.now().toISOString(),
		requestId: context.requestId,
	}
}

export function Layout({ children }: { children: ReactNode }) {
	const root = useRouteLoaderData<typeof loader>('root')
	const language = root?.language ?? 'en'
	const nonce = useContext(NonceContext)
	return (
		<html lang={language} data-theme={root?.theme ?? 'system'}>
			<head>
				<meta charSet="utf-8" />
				<meta name="viewport" content="width=device-width, initial-scale=1" />
				<Meta />
				<Links />
			</head>
			<body>
				<WordsProvider
					language={language}
					timeZone={root?.timeZone ?? TIME_ZONE}
					now={root?.now ?? '1970-01-01T00:00:00.000Z'}
				>
					{children}
				</WordsProvider>
				<ScrollRestoration nonce={nonce} />
				<Scripts nonce={nonce} />
			</body>
		</html>
	)
}

export default function App() {
	return <Outlet />
}

export function ErrorBoundary() {
	const root = useRouteLoaderData<typeof loader>('root')
	return (
		<main className="door" id="content">
			<ErrorPage reference={root?.requestId ?? ''} />
		</main>
	)
}
