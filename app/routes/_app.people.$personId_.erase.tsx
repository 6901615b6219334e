import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Link, useActionData, useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { EraseForm, ErasablePartCard } from '#app/components/erase-form.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import { Icon } from '#app/components/ui/icon.tsx'
import { type TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import type { ErasurePreview } from '#app/services/people/show-erasure.server.ts'
import { parseForm } from '#app/utils/form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled, parseParams } from '#app/utils/http.server.ts'
import { ERASABLE_PARTS, ERASURE_GROUNDS } from '#workflows/people/erasure.ts'
import { titled } from '#app/utils/page-title.ts'

const paramsSchema = z.object({ personId: z.uuid() })
const eraseSchema = z.object({
	ground: z.enum(ERASURE_GROUNDS, 'errors.required'),
	reason: z.string().trim().min(10, 'errors.reasonShort').max(500, 'errors.reasonLong'),
	confirmation: z.string().trim().min(1, 'errors.required').max(300, 'errors.required'),
})

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'record:erase')
	return handled(async () => {
		const { personId } = parseParams(paramsSchema, args.params)
		return { personId, preview: await args.context.services.people.erasure(actor, personId) }
	})
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'record:erase')
	const { personId } = parseParams(paramsSchema, args.params)
	const form = await args.request.formData()
	const parts = ERASABLE_PARTS.filter((part) => form.getAll('parts').includes(part))
	const read = parseForm(form, eraseSchema)
	const refused = (errors: Record<string, string>, status: number, code: string | null = null) =>
		data({ errors, code, sent: read.sent, parts }, { status })
	const missing: Record<string, string> = parts.length === 0 ? { parts: 'erasure.chooseParts' } : {}
	if (!read.ok) return refused({ ...read.errors, ...missing }, 422)
	if (parts.length === 0) return refused(missing, 422)
	const done = await attempted(() =>
		args.context.services.people.erase(actor, personId, { ...read.value, parts }),
	)
	if (done.ok) return redirect(`/people/${personId}?saved=erasure`)
	const { field, problem, code } = done.refusal
	return field === null
		? refused({}, done.status, code)
		: refused({ [field]: `errors.${problem ?? code}` }, done.status)
}

export const meta = titled('titles.personErase')

export default function ErasePage() {
	const { t } = useWords()
	const { personId, preview } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	return (
		<>
			<p>
				<Link to={`/people/${personId}`}>{preview.name}</Link>
			</p>
			<h1>{t('erasure.title', { name: preview.name })}</h1>
			<ErrorSummary
				errors={errors}
				message={answer?.code ? t(`errors.${answer.code}` as TextKey) : undefined}
			/>
			<p className="muted">{t('erasure.lead')}</p>
			{preview.mayErase ? null : <InTheWay preview={preview} />}
			<div className="columns">
				<div className="stack">
					{preview.parts.map((part) => (
						<ErasablePartCard key={part.part} part={part} preview={preview} />
					))}
				</div>
				<div className="stack">
					<WhatStays preview={preview} />
					{preview.mayErase ? (
						<EraseForm
							preview={preview}
							errors={errors}
							sent={answer?.sent ?? {}}
							chosen={answer?.parts ?? ['identity', 'facts', 'texts']}
						/>
					) : null}
				</div>
			</div>
		</>
	)
}

function InTheWay({ preview }: { preview: ErasurePreview }) {
	const { t } = useWords()
	const ties = Object.entries(preview.ties).filter(([, count]) => count > 0)
	return (
		<section className="notice notice-bad stack stack-tight">
			<h2>{t('erasure.blocked')}</h2>
			<p>{t('erasure.blockedLead', { name: preview.name })}</p>
			<ul className="bullets">
				{ties.map(([tie, count]) => (
					<li key={tie}>{t(`erasure.${tie}` as TextKey, { count })}</li>
				))}
			</ul>
		</section>
	)
}

function WhatStays({ preview }: { preview: ErasurePreview }) {
	const { t } = useWords()
	const kept = preview.kept.reduce((sum, { count }) => sum + count, 0)
	return (
		<section className="card">
			<h2>{t('erasure.stays')}</h2>
			<ul className="reasons">
				{(['staysLeaves', 'staysEvidence', 'staysSteps', 'staysCopies'] as const).map((key) => (
					<li key={key} className="reason">
						<Icon name="record" />
						<span>
							{t(`erasure.${key}`)}
							{key === 'staysEvidence' && kept > 0 ? ` ${t('erasure.total', { count: kept })}.` : null}
						</span>
					</li>
				))}
			</ul>
		</section>
	)
}
