"""Projects, custom fields, goals, portfolios, templates: what work is ordered by."""

from harness import Case, make


class Projects(Case):
    def test_written_and_read_back(self):
        projects = self.api("Projects")
        gid = projects.create_project(
            {"data": {"name": "P", "team": self.team, "workspace": self.workspace, "color": "dark-green", "notes": "n"}}, {}
        )["gid"]
        new = {"name": "Q", "archived": True, "due_on": "2027-05-01", "html_notes": "<body>x <em>y</em></body>"}
        projects.update_project({"data": new}, gid, {})
        self.has(projects.get_project(gid, {}), name="Q", archived=True, due_on="2027-05-01", notes="x y", color="dark-green")
        for_team = projects.create_project_for_team({"data": {"name": "T"}}, self.team, {})["gid"]
        for_home = projects.create_project_for_workspace({"data": {"name": "W", "team": self.team}}, self.workspace, {})["gid"]
        self.assertIn(for_team, self.gids(projects.get_projects_for_team(self.team, {"limit": 100})))
        self.assertIn(for_home, self.gids(projects.get_projects_for_workspace(self.workspace, {"limit": 100})))
        self.assertNotIn(gid, self.gids(projects.get_projects({"workspace": self.workspace, "archived": False, "limit": 100})))
        found = projects.search_projects_for_workspace(self.workspace, {"text": "Q", "completed": False})
        self.assertIn(gid, self.gids(found))
        projects.delete_project(gid)
        self.refused(404, projects.get_project, gid, {})

    def test_people(self):
        projects, project = self.api("Projects"), self.project()
        user = make("user", name="Mia Member", email=f"mia{project}@sandbox.example")
        projects.add_members_for_project({"data": {"members": user}}, project, {})
        projects.add_followers_for_project({"data": {"followers": user}}, project, {})
        read = projects.get_project(project, {"opt_fields": "members,followers"})
        self.assertIn(user, self.gids(read["members"]))
        self.assertIn(user, self.gids(read["followers"]))
        memberships = self.api("ProjectMemberships")
        listed = list(memberships.get_project_memberships_for_project(project, {"user": user}))
        self.assertEqual(len(listed), 1)
        self.assertEqual(memberships.get_project_membership(listed[0]["gid"], {})["user"]["gid"], user)
        projects.remove_followers_for_project({"data": {"followers": user}}, project, {})
        projects.remove_members_for_project({"data": {"members": user}}, project, {})
        self.assertEqual(list(memberships.get_project_memberships_for_project(project, {"user": user})), [])

    def test_duplicates_and_rollups(self):
        projects, project = self.api("Projects"), self.project("Original")
        a = self.task(project, "a", due_on="2027-01-10", notes="n")
        b = self.task(project, "b", due_on="2027-01-12")
        self.api("Tasks").add_dependencies_for_task({"data": {"dependencies": [a]}}, b)
        dates = {"due_on": "2027-02-12", "should_skip_weekends": False}
        body = {"name": "Copy", "include": "task_notes,task_dates,task_dependencies", "schedule_dates": dates}
        job = self.wait(projects.duplicate_project(project, {"body": {"data": body}}))
        copy = job["new_project"]["gid"]
        listed = list(self.api("Tasks").get_tasks_for_project(copy, {"opt_fields": "name,due_on,notes,dependencies"}))
        by_name = {task["name"]: task for task in listed}
        self.assertEqual((by_name["a"]["due_on"], by_name["b"]["due_on"]), ("2027-02-10", "2027-02-12"))
        self.assertEqual(by_name["a"]["notes"], "n")
        self.assertEqual(self.gids(by_name["b"]["dependencies"]), [by_name["a"]["gid"]])
        self.wait(projects.rollup_project(project, {}))
        self.refused(400, projects.duplicate_project, project, {"body": {"data": {"include": "notes"}}})

    def test_templates(self):
        projects, templates = self.api("Projects"), self.api("ProjectTemplates")
        project = self.project("Pattern")
        self.task(project, "step", due_on="2027-01-03")
        body = {"data": {"name": "T", "team": self.team, "public": True}}
        template = self.wait(projects.project_save_as_template(body, project, {}))["new_project_template"]["gid"]
        read = templates.get_project_template(template, {})
        self.has(read, name="T", public=True)
        dates = [{"gid": date["gid"], "value": "2027-06-01"} for date in read["requested_dates"]]
        body = {"data": {"name": "From T", "team": self.team, "requested_dates": dates, "public": False}}
        made = self.wait(templates.instantiate_project(template, {"body": body}))["new_project"]["gid"]
        tasks = self.api("Tasks").get_tasks_for_project(made, {"opt_fields": "name,due_on"})
        self.assertEqual([(task["name"], task["due_on"]) for task in tasks], [("step", "2027-06-01")])
        self.assertIn(template, self.gids(templates.get_project_templates({"workspace": self.workspace})))
        self.assertIn(template, self.gids(templates.get_project_templates_for_team(self.team, {})))
        templates.delete_project_template(template)
        self.refused(404, templates.get_project_template, template, {})

    def test_task_templates(self):
        templates, project = self.api("TaskTemplates"), self.project()
        gid = make("task_template", project=project, name="Release", description="steps")
        self.assertEqual(self.gids(templates.get_task_templates({"project": project})), [gid])
        self.has(templates.get_task_template(gid, {}), name="Release")
        job = self.wait(templates.instantiate_task(gid, {"body": {"data": {"name": "R1"}}}))
        self.has(self.api("Tasks").get_task(job["new_task"]["gid"], {}), name="R1", notes="steps")
        templates.delete_task_template(gid)
        self.refused(404, templates.get_task_template, gid, {})

    def test_briefs_and_statuses(self):
        briefs, statuses, project = self.api("ProjectBriefs"), self.api("ProjectStatuses"), self.project()
        brief = briefs.create_project_brief({"data": {"title": "B", "text": "t"}}, project, {})["gid"]
        briefs.update_project_brief({"data": {"html_text": "<body>new</body>"}}, brief, {})
        self.has(briefs.get_project_brief(brief, {}), title="B", text="new")
        read = self.api("Projects").get_project(project, {"opt_fields": "project_brief"})
        self.assertEqual(read["project_brief"]["gid"], brief)
        briefs.delete_project_brief(brief)
        self.refused(404, briefs.get_project_brief, brief, {})
        status = statuses.create_project_status_for_project({"data": {"title": "S", "text": "t", "color": "red"}}, project, {})
        self.has(statuses.get_project_status(status["gid"], {}), color="red", text="t")
        self.assertEqual(self.gids(statuses.get_project_statuses_for_project(project, {})), [status["gid"]])
        update = self.api("StatusUpdates").get_status(status["gid"], {})
        self.has(update, status_type="off_track")
        statuses.delete_project_status(status["gid"])
        self.refused(404, statuses.get_project_status, status["gid"], {})


class CustomFields(Case):
    def field(self, kind, name, **more):
        data = {"workspace": self.workspace, "resource_subtype": kind, "name": f"{name} {id(self)}", **more}
        return self.api("CustomFields").create_custom_field({"data": data}, {})

    def test_values_of_every_type(self):
        fields, projects, tasks = self.api("CustomFields"), self.api("Projects"), self.api("Tasks")
        project = self.project()
        options = [{"name": "High"}, {"name": "Low"}]
        made = {
            "text": self.field("text", "T"),
            "number": self.field("number", "N", precision=2),
            "enum": self.field("enum", "E", enum_options=options),
            "multi_enum": self.field("multi_enum", "M", enum_options=options),
            "date": self.field("date", "D"),
            "people": self.field("people", "P"),
            "reference": self.field("reference", "R", input_restrictions=["task"]),
        }
        for field in made.values():
            projects.add_custom_field_setting_for_project({"data": {"custom_field": field["gid"]}}, project, {})
        settings = self.api("CustomFieldSettings").get_custom_field_settings_for_project(project, {"limit": 100})
        self.assertEqual(len(list(settings)), 7)
        task, other = self.task(project), self.task(project)
        option = made["enum"]["enum_options"][0]["gid"]
        values = {
            made["text"]["gid"]: "text",
            made["number"]["gid"]: 1.239,
            made["enum"]["gid"]: option,
            made["multi_enum"]["gid"]: self.gids(made["multi_enum"]["enum_options"]),
            made["date"]["gid"]: {"date": "2027-01-02"},
            made["people"]["gid"]: ["me"],
            made["reference"]["gid"]: [other],
        }
        tasks.update_task({"data": {"custom_fields": values}}, task, {})
        read = {field["gid"]: field for field in tasks.get_task(task, {})["custom_fields"]}
        self.assertEqual(read[made["text"]["gid"]]["text_value"], "text")
        self.assertEqual(read[made["number"]["gid"]]["number_value"], 1.24)
        self.assertEqual(read[made["enum"]["gid"]]["enum_value"]["gid"], option)
        self.assertEqual(len(read[made["multi_enum"]["gid"]]["multi_enum_values"]), 2)
        self.assertEqual(read[made["date"]["gid"]]["date_value"]["date"], "2027-01-02")
        self.assertEqual(self.gids(read[made["people"]["gid"]]["people_value"]), [self.me])
        self.assertEqual(self.gids(read[made["reference"]["gid"]]["reference_value"]), [other])
        tasks.update_task({"data": {"custom_fields": {gid: None for gid in values}}}, task, {})
        self.assertTrue(all(field["display_value"] is None for field in tasks.get_task(task, {})["custom_fields"]))
        projects.remove_custom_field_setting_for_project({"data": {"custom_field": made["text"]["gid"]}}, project)
        fields.update_custom_field(made["text"]["gid"], {"body": {"data": {"description": "d"}}})
        self.has(fields.get_custom_field(made["text"]["gid"], {"opt_fields": "description"}), description="d")
        self.assertIn(made["date"]["gid"], self.gids(fields.get_custom_fields_for_workspace(self.workspace, {"limit": 100})))
        fields.delete_custom_field(made["text"]["gid"])
        self.refused(404, fields.get_custom_field, made["text"]["gid"], {})

    def test_options(self):
        fields = self.api("CustomFields")
        field = self.field("enum", "O", enum_options=[{"name": "a"}, {"name": "b"}])
        a, b = self.gids(field["enum_options"])
        c = fields.create_enum_option_for_custom_field(field["gid"], {"body": {"data": {"name": "c", "color": "red"}}})["gid"]
        body = {"data": {"enum_option": c, "before_enum_option": a}}
        fields.insert_enum_option_for_custom_field(field["gid"], {"body": body})
        fields.update_enum_option(b, {"body": {"data": {"enabled": False}}})
        read = fields.get_custom_field(field["gid"], {})["enum_options"]
        self.assertEqual([(option["gid"], option["enabled"]) for option in read], [(c, True), (a, True), (b, False)])


class Goals(Case):
    def goal(self, name="G", **more):
        data = {"name": name, "workspace": self.workspace, "is_workspace_level": True, **more}
        return self.api("Goals").create_goal({"data": data}, {})["gid"]

    def test_goals_and_metrics(self):
        goals, period = self.api("Goals"), next(iter(self.api("TimePeriods").get_time_periods(self.workspace, {})))
        self.has(self.api("TimePeriods").get_time_period(period["gid"], {}), display_name=period["display_name"])
        gid = self.goal(time_period=period["gid"])
        metric = {"unit": "none", "precision": 0, "initial_number_value": 0, "target_number_value": 10}
        goals.create_goal_metric({"data": metric}, gid, {})
        goals.update_goal_metric({"data": {"current_number_value": 4}}, gid, {})
        goals.update_goal({"data": {"name": "H", "status": "yellow"}}, gid, {})
        read = goals.get_goal(gid, {})
        self.has(read, name="H", status="yellow")
        self.assertEqual(read["metric"]["current_number_value"], 4)
        user = make("user", name="Gil Goal", email=f"gil{gid}@sandbox.example")
        goals.add_followers({"data": {"followers": [user]}}, gid, {})
        goals.remove_followers({"data": {"followers": [user]}}, gid, {})
        self.assertIn(gid, self.gids(goals.get_goals({"workspace": self.workspace, "limit": 100})))
        field = CustomFields.field(self, "text", "goal field")["gid"]
        goals.add_custom_field_setting_for_goal({"data": {"custom_field": field}}, gid)
        self.assertEqual(len(list(self.api("CustomFieldSettings").get_custom_field_settings_for_goal(gid, {}))), 1)
        goals.remove_custom_field_setting_for_goal({"data": {"custom_field": field}}, gid)
        goals.delete_goal(gid)
        self.refused(404, goals.get_goal, gid, {})

    def test_relationships_and_updates(self):
        goals, links = self.api("Goals"), self.api("GoalRelationships")
        parent, child, project = self.goal("parent"), self.goal("child"), self.project()
        link = links.add_supporting_relationship({"data": {"supporting_resource": child, "contribution_weight": 0.5}}, parent, {})
        links.add_supporting_relationship({"data": {"supporting_resource": project}}, parent, {})
        self.assertEqual(len(list(links.get_goal_relationships(parent, {}))), 2)
        links.update_goal_relationship({"data": {"contribution_weight": 1}}, link["gid"], {})
        self.assertEqual(links.get_goal_relationship(link["gid"], {})["contribution_weight"], 1)
        self.assertEqual(self.gids(goals.get_parent_goals_for_goal(child, {})), [parent])
        links.remove_supporting_relationship({"data": {"supporting_resource": child}}, parent)
        updates = self.api("StatusUpdates")
        body = {"data": {"parent": project, "text": "fine", "status_type": "on_track", "title": "S"}}
        update = updates.create_status_for_object(body, {})["gid"]
        self.assertEqual(self.gids(updates.get_statuses_for_object(project, {})), [update])
        self.has(updates.get_status(update, {}), text="fine")
        make("reaction", target=update, user="me", emoji="👍")
        reactions = list(self.api("Reactions").get_reactions_on_object(update, "👍", {}))
        self.assertEqual([reaction["emoji"] for reaction in reactions], ["👍"])
        updates.delete_status(update)
        self.refused(404, updates.get_status, update, {})


class Portfolios(Case):
    def test_items_fields_and_people(self):
        portfolios, project = self.api("Portfolios"), self.project()
        body = {"data": {"name": "F", "workspace": self.workspace, "color": "light-green"}}
        gid = portfolios.create_portfolio(body, {})["gid"]
        portfolios.add_item_for_portfolio({"data": {"item": project}}, gid)
        self.assertEqual(self.gids(portfolios.get_items_for_portfolio(gid, {})), [project])
        field = CustomFields.field(self, "number", "portfolio field")["gid"]
        portfolios.add_custom_field_setting_for_portfolio({"data": {"custom_field": field}}, gid)
        self.api("Projects").update_project({"data": {"custom_fields": {field: 7}}}, project, {})
        read = self.api("Projects").get_project(project, {"opt_fields": "custom_fields.number_value"})
        self.assertEqual([value["number_value"] for value in read["custom_fields"]], [7])
        self.assertEqual(len(list(self.api("CustomFieldSettings").get_custom_field_settings_for_portfolio(gid, {}))), 1)
        user = make("user", name="Pia Portfolio", email=f"pia{gid}@sandbox.example")
        portfolios.add_members_for_portfolio({"data": {"members": user}}, gid, {})
        memberships = self.api("PortfolioMemberships")
        listed = list(memberships.get_portfolio_memberships_for_portfolio(gid, {"user": user}))
        self.assertEqual(memberships.get_portfolio_membership(listed[0]["gid"], {})["user"]["gid"], user)
        self.assertEqual(len(list(memberships.get_portfolio_memberships({"portfolio": gid}))), 2)
        portfolios.remove_members_for_portfolio({"data": {"members": user}}, gid, {})
        settings = self.api("ProjectPortfolioSettings")
        pair = next(iter(settings.get_project_portfolio_settings_for_portfolio(gid, {})))["gid"]
        self.assertEqual(self.gids(settings.get_project_portfolio_settings_for_project(project, {})), [pair])
        settings.update_project_portfolio_setting({"data": {"is_access_control_inherited": True}}, pair, {})
        self.has(settings.get_project_portfolio_setting(pair, {}), is_access_control_inherited=True)
        job = self.wait(portfolios.duplicate_portfolio(gid, {"body": {"data": {"name": "C", "include": "child_projects"}}}))
        self.assertEqual(self.gids(portfolios.get_items_for_portfolio(job["new_portfolio"]["gid"], {})), [project])
        portfolios.update_portfolio({"data": {"name": "G"}}, gid, {})
        self.has(portfolios.get_portfolio(gid, {}), name="G")
        self.assertIn(gid, self.gids(portfolios.get_portfolios(self.workspace, {"owner": "me"})))
        portfolios.remove_custom_field_setting_for_portfolio({"data": {"custom_field": field}}, gid)
        portfolios.remove_item_for_portfolio({"data": {"item": project}}, gid)
        portfolios.delete_portfolio(gid)
        self.refused(404, portfolios.get_portfolio, gid, {})
