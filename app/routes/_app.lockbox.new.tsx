import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Link, useActionData, useLoaderData } from '@remix-run/react'
import { LockboxHandForm, LockboxImportForm, LockboxInsideForm } from '#app/components/lockbox-forms.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import { LIST_COMMAND } from '#app/integrations/lockbox/m365-command.ts'
import { type TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import { parseForm } from '#app/utils/form.server.ts'
import { requireActor } from '#app/utils/guards.server.ts'
import { attempted, handled, queryOf, type Refusal } from '#app/utils/http.server.ts'
import { handSchema, importSchema, insideSchema } from '#app/utils/lockbox-form.server.ts'
import { titled } from '#app/utils/page-title.ts'

const WAYS = ['import', 'hand', 'inside'] as const

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requireActor(args)
	return handled(async () => {
		const choices = await args.context.services.lockbox.choices(actor)
		const ways = WAYS.filter((way) => (way === 'inside' ? choices.mayAsk : choices.mayRecord))
		const wanted = queryOf(args.request)('how')
		return {
			...choices,
			ways,
			how: ways.find((way) => way === wanted) ?? ways[0] ?? ('inside' as const),
			command: LIST_COMMAND,
		}
	})
}

const NO_TEXT: Record<string, string> = {}
const nothing = { refusal: null as Refusal | null, errors: NO_TEXT, sent: NO_TEXT }
/** What is wrong with a pasted output, and with which of its requests. */
const PROBLEMS = ['NO_JSON', 'NO_REQUESTS', 'NO_NUMBER', 'NO_TIME', 'NO_STATUS', 'TOO_MUCH'] as const

export async function action(args: ActionFunctionArgs) {
	const actor = await requireActor(args)
	const { lockbox } = args.context.services
	const form = await args.request.formData()
	const refused = (refusal: Refusal, status: number, sent: Record<string, string>) =>
		refusal.field === null
			? data({ ...nothing, refusal, sent }, { status })
			: data({ ...nothing, errors: { [refusal.field]: fieldError(refusal.field) }, sent }, { status })
	switch (form.get('intent')) {
		case 'import': {
			const read = parseForm(form, importSchema)
			if (!read.ok) return data({ ...nothing, errors: read.errors, sent: read.sent }, { status: 422 })
			const { boundaryId, output: text } = read.value
			const done = await attempted(() => lockbox.importM365(actor, { boundaryId, text }))
			if (!done.ok) return refused(done.refusal, done.status, read.sent)
			const fresh = done.value.filter(({ isNew }) => isNew).length
			return redirect(`/lockbox?imported=${done.value.length}+${fresh}`)
		}
		case 'hand': {
			const read = parseForm(form, handSchema)
			if (!read.ok) return data({ ...nothing, errors: read.errors, sent: read.sent }, { status: 422 })
			const done = await attempted(() => lockbox.record(actor, read.value))
			return done.ok ? redirect(`/lockbox/${done.value.id}`) : refused(done.refusal, done.status, read.sent)
		}
		case 'inside': {
			const read = parseForm(form, insideSchema)
			if (!read.ok) return data({ ...nothing, errors: read.errors, sent: read.sent }, { status: 422 })
			const done = await attempted(() => lockbox.ask(actor, read.value))
			return done.ok ? redirect(`/lockbox/${done.value.id}`) : refused(done.refusal, done.status, read.sent)
		}
		default:
			return data({ ...nothing, errors: { form: 'errors.INVALID_INPUT' } }, { status: 400 })
	}
}

/** What the sentence beside a field says that only the use case could find wrong. */
const fieldError = (field: string) =>
	field === 'deadline'
		? 'errors.lockboxDeadline'
		: field === 'beneficiary'
			? 'errors.nobodyCalled'
			: 'errors.required'

export const meta = titled('titles.lockboxRecord')

export default function BringInPage() {
	const { t } = useWords()
	const { boundaries, roles, formId, ways, how, command } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const { refusal = null, sent = NO_TEXT } = answer ?? {}
	const problem = PROBLEMS.find((each) => each === refusal?.problem)
	const errors = Object.fromEntries([
		...Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)] as const),
		...(problem === undefined
			? []
			: [['output', t(`lockbox.problem_${problem}`, refusal?.numbers)] as const]),
	])
	return (
		<>
			<h1>{t('lockbox.bringTitle')}</h1>
			<p className="muted">{t('lockbox.bringLead')}</p>
			<ErrorSummary
				errors={errors}
				message={refusal ? t(`errors.${refusal.code}`, refusal.numbers) : undefined}
			/>
			{ways.length > 1 ? (
				<nav className="tabs" aria-label={t('lockbox.how')}>
					{ways.map((way) => (
						<Link key={way} to={`?how=${way}`} aria-current={way === how ? 'page' : undefined}>
							{t(`lockbox.how_${way}`)}
						</Link>
					))}
				</nav>
			) : null}
			{how === 'import' ? (
				<LockboxImportForm boundaries={boundaries} errors={errors} sent={sent} command={command} />
			) : how === 'hand' ? (
				<LockboxHandForm boundaries={boundaries} errors={errors} sent={sent} />
			) : (
				<LockboxInsideForm
					boundaries={boundaries}
					errors={errors}
					sent={sent}
					roles={roles}
					formId={formId}
				/>
			)}
		</>
	)
}
