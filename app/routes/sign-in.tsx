import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { fetchCeremony, PasskeyButton } from '#app/components/passkey-button.tsx'
import { Preferences } from '#app/components/app-shell.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import { useWords } from '#app/messages/text.tsx'
import { sessionCookie, themeOf } from '#app/utils/cookies.server.ts'
import { requireNobody } from '#app/utils/guards.server.ts'
import { attempted } from '#app/utils/http.server.ts'
import { readAssertionForm } from '#app/utils/ceremony-form.server.ts'
import { safeReturn } from '#app/utils/safe-return.ts'
import { titled } from '#app/utils/page-title.ts'

export async function loader(args: LoaderFunctionArgs) {
	await requireNobody(args)
	return { theme: await themeOf(args.request) }
}

export async function action(args: ActionFunctionArgs) {
	await requireNobody(args)
	const { request, context } = args
	const form = await request.formData()
	const signed = await attempted(async () => context.services.signIn.finish(readAssertionForm(form)))
	if (!signed.ok) return data({ code: signed.refusal.code }, { status: signed.status })
	const { token, expiresAt } = signed.value
	const cookie = await sessionCookie(token, { secure: context.isSecure, expires: expiresAt })
	return redirect(safeReturn(new URL(request.url).searchParams.get('returnTo')), {
		headers: { 'set-cookie': cookie },
	})
}

export const meta = titled('titles.signIn')

export default function SignInPage() {
	const { t } = useWords()
	const { theme } = useLoaderData<typeof loader>()
	const refused = useActionData<typeof action>()
	const [search] = useSearchParams()
	return (
		<main className="door" id="content">
			<div className="card">
				<h1>{t('signIn.title')}</h1>
				{search.has('enrolled') ? <p className="notice notice-good">{t('signIn.enrolled')}</p> : null}
				<ErrorSummary message={refused ? t(`errors.${refused.code}`) : undefined} />
				<p>{t('signIn.lead')}</p>
				<PasskeyButton
					kind="sign"
					label={t('signIn.button')}
					begin={() => fetchCeremony('/ceremony/sign-in')}
					fields={{}}
				/>
				<p className="muted small">{t('signIn.noPasskey')}</p>
				<noscript>
					<p className="notice">{t('shell.noScript')}</p>
				</noscript>
			</div>
			<Preferences theme={theme} />
		</main>
	)
}
