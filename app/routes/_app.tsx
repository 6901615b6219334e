import type { LoaderFunctionArgs } from '@remix-run/node'
import { Outlet, useLoaderData, useRouteLoaderData } from '@remix-run/react'
import { AppShell } from '#app/components/app-shell.tsx'
import { ErrorPage } from '#app/components/error-page.tsx'
import type { loader as rootLoader } from '#app/root.tsx'
import { requireActor } from '#app/utils/guards.server.ts'
import { handled } from '#app/utils/http.server.ts'
import { errorTitle } from '#app/utils/page-title.ts'

/** The frame. It guards nothing: every page inside guards itself. */
export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	return handled(async () => ({ frame: await args.context.services.home.frame(actor) }))
}

// Pages inside have titles of their own; this is what an error within the frame has.
export const meta = errorTitle

export default function Frame() {
	const { frame } = useLoaderData<typeof loader>()
	const root = useRouteLoaderData<typeof rootLoader>('root')
	return (
		<AppShell frame={frame} theme={root?.theme ?? 'system'}>
			<Outlet />
		</AppShell>
	)
}

export function ErrorBoundary() {
	const own = useRouteLoaderData<typeof loader>('routes/_app')
	const root = useRouteLoaderData<typeof rootLoader>('root')
	const page = <ErrorPage reference={root?.requestId ?? ''} />
	if (!own) {
		return (
			<main className="door" id="content">
				{page}
			</main>
		)
	}
	return (
		<AppShell frame={own.frame} theme={root?.theme ?? 'system'}>
			{page}
		</AppShell>
	)
}
