import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { InboxTabs } from '#app/components/inbox-tabs.tsx'
import { PreferencesForm } from '#app/components/preferences-form.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import { type TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import { readForm } from '#app/utils/form.server.ts'
import { requireActor } from '#app/utils/guards.server.ts'
import { TIME_ZONES } from '#app/utils/history-filter.server.ts'
import { attempted, handled } from '#app/utils/http.server.ts'
import { preferencesSchema } from '#app/utils/preferences-form.server.ts'
import { titled } from '#app/utils/page-title.ts'

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	return handled(async () => ({
		preferences: await args.context.services.inbox.preferences(actor),
		zones: TIME_ZONES,
	}))
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requireActor(args)
	const read = await readForm(args.request, preferencesSchema)
	if (!read.ok) return data({ errors: read.errors, sent: read.sent }, { status: 422 })
	const done = await attempted(() => args.context.services.inbox.changePreferences(actor, read.value))
	if (done.ok) return redirect('/inbox/preferences?saved')
	const { field, problem, code } = done.refusal
	const errors: Record<string, string> = { [field ?? 'form']: `errors.${problem ?? code}` }
	return data({ errors, sent: read.sent }, { status: done.status })
}

export const meta = titled('titles.preferences')

export default function PreferencesPage() {
	const { t } = useWords()
	const { preferences, zones } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const [search] = useSearchParams()
	const { form, ...errors } = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([field, text]) => [field, t(text as TextKey)]),
	)
	return (
		<>
			<h1>{t('notify.preferencesTitle')}</h1>
			<InboxTabs current="preferences" />
			<ErrorSummary errors={errors} message={form} />
			{search.has('saved') && !answer ? (
				<p className="notice notice-good" role="status">
					{t('notify.saved')}
				</p>
			) : null}
			<p className="muted">{t('notify.preferencesLead')}</p>
			<PreferencesForm preferences={preferences} zones={zones} sent={answer?.sent ?? {}} errors={errors} />
		</>
	)
}
