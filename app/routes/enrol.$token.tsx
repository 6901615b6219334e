import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { useActionData, useLoaderData, useParams } from '@remix-run/react'
import { z } from 'zod'
import { fetchCeremony, PasskeyButton } from '#app/components/passkey-button.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import { useWords } from '#app/messages/text.tsx'
import { readRegistrationForm } from '#app/utils/ceremony-form.server.ts'
import { requireNobody } from '#app/utils/guards.server.ts'
import { attempted, handled, parseParams } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'

const paramsSchema = z.object({ token: z.string().regex(/^[A-Za-z0-9_-]{43}$/) })

export async function loader(args: LoaderFunctionArgs) {
	await requireNobody(args)
	return handled(async () => {
		const { token } = parseParams(paramsSchema, args.params)
		const { displayName, expiresAt } = await args.context.services.enrolment.showLink(token)
		return { displayName, expiresAt: expiresAt.toISOString() }
	})
}

export async function action(args: ActionFunctionArgs) {
	await requireNobody(args)
	const { token } = parseParams(paramsSchema, args.params)
	const form = await args.request.formData()
	const enrolled = await attempted(async () =>
		args.context.services.enrolment.finish({ token, ...readRegistrationForm(form) }),
	)
	if (!enrolled.ok) return data({ code: enrolled.refusal.code }, { status: enrolled.status })
	return redirect('/sign-in?enrolled')
}

export const meta = titled('titles.enrol')

export default function EnrolPage() {
	const { t, format } = useWords()
	const { displayName, expiresAt } = useLoaderData<typeof loader>()
	const refused = useActionData<typeof action>()
	const { token = '' } = useParams()
	return (
		<main className="door" id="content">
			<div className="card">
				<h1>{t('signIn.enrolTitle', { name: displayName })}</h1>
				<ErrorSummary message={refused ? t(`errors.${refused.code}`) : undefined} />
				<p>{t('signIn.enrolLead', { until: format.instant(expiresAt) })}</p>
				<PasskeyButton
					kind="enrol"
					label={t('signIn.enrolButton')}
					begin={() => fetchCeremony('/ceremony/enrol', { token })}
					fields={{}}
				/>
				<noscript>
					<p className="notice">{t('shell.noScript')}</p>
				</noscript>
			</div>
		</main>
	)
}
