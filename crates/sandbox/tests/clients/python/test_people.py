"""People, teams, access, time and capacity."""

from harness import Case, control, make


class People(Case):
    def test_users(self):
        users = self.api("Users")
        gid = make("user", name="Una User", email="una@sandbox.example")
        self.has(users.get_user("una@sandbox.example", {}), gid=gid, name="Una User")
        self.has(users.get_user_for_workspace(self.workspace, gid, {}), email="una@sandbox.example")
        self.refused(403, users.update_user, {"data": {"name": "Una Renamed"}}, gid, {})
        mine = users.get_user("me", {})["name"]
        self.has(users.update_user({"data": {"name": "Renamed"}}, "me", {}), name="Renamed")
        users.update_user({"data": {"name": mine}}, "me", {})
        field = self.api("CustomFields").create_custom_field(
            {"data": {"workspace": self.workspace, "resource_subtype": "number", "name": "Max Capacity"}}, {}
        )["gid"]
        make("setting", parent=self.workspace, custom_field=field)
        users.update_user_for_workspace({"data": {"custom_fields": {field: 30}}}, self.workspace, gid, {})
        read = users.get_user(gid, {"opt_fields": "name,custom_fields.number_value"})
        self.assertEqual((read["name"], read["custom_fields"][0]["number_value"]), ("Una User", 30))
        for rows in (
            users.get_users({"workspace": self.workspace}),
            users.get_users_for_workspace(self.workspace, {}),
            users.get_users_for_team(self.team, {}),
        ):
            self.assertIn(gid, self.gids(rows))
        project = self.project()
        make("favorite", user="me", object=project)
        self.assertIn(project, self.gids(users.get_favorites_for_user("me", "project", self.workspace, {})))

    def test_teams(self):
        teams, members = self.api("Teams"), self.api("TeamMemberships")
        gid = teams.create_team({"data": {"name": "T", "organization": self.workspace, "visibility": "secret"}}, {})["gid"]
        teams.update_team({"data": {"name": "U", "description": "d"}}, gid, {})
        self.has(teams.get_team(gid, {"opt_fields": "name,description,visibility"}), name="U", description="d", visibility="secret")
        user = make("user", name="Tea Team", email=f"tea{gid}@sandbox.example")
        joined = teams.add_user_for_team({"data": {"user": user}}, gid, {})
        self.assertEqual((joined["user"]["gid"], joined["team"]["gid"]), (user, gid))
        self.assertEqual(members.get_team_membership(joined["gid"], {})["gid"], joined["gid"])
        self.assertEqual(len(list(members.get_team_memberships_for_team(gid, {}))), 2)
        self.assertIn(joined["gid"], self.gids(members.get_team_memberships_for_user(user, self.workspace, {})))
        self.assertIn(joined["gid"], self.gids(members.get_team_memberships({"team": gid})))
        self.assertIn(gid, self.gids(teams.get_teams_for_user(user, self.workspace, {})))
        self.assertEqual(list(self.api("CustomFieldSettings").get_custom_field_settings_for_team(gid, {})), [])
        teams.remove_user_for_team({"data": {"user": user}}, gid)
        self.assertEqual(len(list(members.get_team_memberships_for_team(gid, {}))), 1)

    def test_workspaces(self):
        spaces, members = self.api("Workspaces"), self.api("WorkspaceMemberships")
        spaces.update_workspace({"data": {"name": "Renamed"}}, self.workspace, {})
        self.has(spaces.get_workspace(self.workspace, {}), name="Renamed", is_organization=True)
        user = spaces.add_user_for_workspace({"data": {"user": "wim@sandbox.example"}}, self.workspace, {})["gid"]
        listed = list(members.get_workspace_memberships_for_workspace(self.workspace, {"user": user}))
        self.has(members.get_workspace_membership(listed[0]["gid"], {}), is_active=True, is_guest=False)
        self.assertEqual(self.gids(members.get_workspace_memberships_for_user(user, {})), [listed[0]["gid"]])
        spaces.remove_user_for_workspace({"data": {"user": user}}, self.workspace)
        self.refused(404, self.api("Users").get_user, user, {})
        found = self.api("Typeahead").typeahead_for_workspace(self.workspace, "user", {"query": "bot"})
        self.assertIn(self.me, self.gids(found))

    def test_memberships(self):
        members, project = self.api("Memberships"), self.project()
        user = make("user", name="Meg Member", email=f"meg{project}@sandbox.example")
        body = {"data": {"parent": project, "member": user, "access_level": "commenter"}}
        made = members.create_membership({"body": body})
        self.has(made, access_level="commenter", resource_subtype="project_membership")
        members.update_membership({"data": {"access_level": "editor"}}, made["gid"])
        self.has(members.get_membership(made["gid"]), access_level="editor")
        team = members.create_membership({"body": {"data": {"parent": project, "member": self.team}}})
        self.assertEqual(team["member"]["resource_type"], "team")
        listed = members.get_memberships({"member": self.team, "resource_subtype": "project_membership"})
        self.assertIn(team["gid"], self.gids(listed))
        self.assertEqual(self.gids(members.get_memberships({"parent": project, "member": user})), [made["gid"]])
        members.delete_membership(made["gid"])
        self.assertNotIn(user, self.gids(self.api("Projects").get_project(project, {})["members"]))
        goal = self.api("Goals").create_goal(
            {"data": {"name": "g", "workspace": self.workspace, "is_workspace_level": True}}, {}
        )["gid"]
        body = {"data": {"parent": goal, "member": user, "role": "editor"}}
        self.has(members.create_membership({"body": body}), role="editor", resource_subtype="goal_membership")
        field = self.api("CustomFields").create_custom_field(
            {"data": {"workspace": self.workspace, "resource_subtype": "text", "name": f"F{project}"}}, {}
        )["gid"]
        body = {"data": {"parent": field, "member": user, "access_level": "user"}}
        self.has(members.create_membership({"body": body}), access_level="user")
        self.refused(400, members.get_memberships, {})

    def test_access_requests(self):
        requests, project = self.api("AccessRequests"), self.project()
        wish, made = {"data": {"target": project, "message": "let me"}}, []
        self.refused(400, requests.create_access_request, wish)
        for name in ("ann", "ben"):
            make("user", name=name, email=f"{name}{project}@sandbox.example")
            control("tokens", {"token": f"{name}{project}", "user": f"{name}{project}@sandbox.example"})
            made.append(self.api("AccessRequests", token=f"{name}{project}").create_access_request(wish)["gid"])
        self.assertEqual(self.gids(requests.get_access_requests(project, {})), made)
        requests.approve_access_request(made[0])
        requests.reject_access_request(made[1])
        self.assertEqual(list(requests.get_access_requests(project, {})), [])

    def test_roles_agents_and_custom_types(self):
        roles = self.api("Roles")
        body = {"data": {"name": "R", "description": "d", "base_role_type": "member", "workspace": self.workspace}}
        gid = roles.create_role(body, {})["gid"]
        roles.update_role({"data": {"permissions": {"create_team": False}}}, gid, {})
        self.assertFalse(roles.get_role(gid, {})["permissions"]["create_team"])
        self.assertIn(gid, self.gids(roles.get_roles(self.workspace, {})))
        roles.delete_role(gid)
        self.refused(404, roles.get_role, gid, {})
        agent = make("agent", name="Scribe", description="writes")
        self.has(self.api("Agents").get_agent(agent, {}), name="Scribe", resource_subtype="asana_teammate")
        self.assertEqual(self.gids(self.api("Agents").get_agents_for_workspace(self.workspace, {})), [agent])
        types, project = self.api("CustomTypes"), self.project()
        kind = make("custom_type", project=project, name="Bug", steps=[["Reported", False], ["Fixed", True]])
        self.assertEqual(self.gids(types.get_custom_types({"project": project})), [kind])
        steps = types.get_custom_type(kind, {})["status_options"]
        self.assertEqual([step["name"] for step in steps], ["Reported", "Fixed"])
        task = self.task(project, resource_subtype="custom", custom_type=kind)
        fixed = {"data": {"custom_type_status_option": steps[1]["gid"]}}
        self.has(self.api("Tasks").update_task(fixed, task, {}), completed=True)


class Capacity(Case):
    def test_time_tracking(self):
        entries, kinds, project = self.api("TimeTrackingEntries"), self.api("TimeTrackingCategories"), self.project()
        task = self.task(project)
        kind = kinds.create_time_tracking_category({"data": {"name": "Dev", "workspace": self.workspace, "color": "blue"}}, {})["gid"]
        kinds.update_time_tracking_category({"data": {"name": "Development"}}, kind, {})
        self.has(kinds.get_time_tracking_category(kind, {}), name="Development", is_archived=False)
        self.assertIn(kind, self.gids(kinds.get_time_tracking_categories(self.workspace, {})))
        body = {"data": {"duration_minutes": 30, "entered_on": "2027-01-04", "categories": [kind]}}
        made = entries.create_time_tracking_entry(body, task, {})
        self.has(made, duration_minutes=30, entered_on="2027-01-04", approval_status="DRAFT")
        entries.update_time_tracking_entry({"data": {"duration_minutes": 45}}, made["gid"], {})
        self.has(entries.get_time_tracking_entry(made["gid"], {}), duration_minutes=45)
        self.has(self.api("Tasks").get_task(task, {}), actual_time_minutes=45)
        self.assertEqual(self.gids(entries.get_time_tracking_entries_for_task(task, {})), [made["gid"]])
        by_day = {"workspace": self.workspace, "entered_on_start_date": "2027-01-01"}
        self.assertIn(made["gid"], self.gids(entries.get_time_tracking_entries(by_day)))
        self.assertEqual(self.gids(kinds.get_time_tracking_entries_for_time_tracking_category(kind, {})), [made["gid"]])
        sheets = self.api("TimesheetApprovalStatuses")
        week = {"user": "me", "workspace": self.workspace, "start_date": "2027-01-04", "end_date": "2027-01-10"}
        sheet = sheets.create_timesheet_approval_status({"data": week}, {})
        self.has(sheet, approval_status="DRAFT")
        sheets.update_timesheet_approval_status({"data": {"approval_status": "submitted"}}, sheet["gid"], {})
        self.has(sheets.get_timesheet_approval_status(sheet["gid"], {}), approval_status="SUBMITTED")
        self.assertIn(sheet["gid"], self.gids(sheets.get_timesheet_approval_statuses(self.workspace, {"user": "me"})))
        self.has(entries.get_time_tracking_entry(made["gid"], {}), approval_status="SUBMITTED")
        bad = {**week, "start_date": "2027-01-05", "end_date": "2027-01-11"}
        self.refused(400, sheets.create_timesheet_approval_status, {"data": bad}, {})
        self.refused(400, entries.create_time_tracking_entry, {"data": {"duration_minutes": 0}}, task, {})
        entries.delete_time_tracking_entry(made["gid"])
        self.has(self.api("Tasks").get_task(task, {}), actual_time_minutes=None)
        kinds.delete_time_tracking_category(kind)
        self.refused(404, kinds.get_time_tracking_category, kind, {})

    def test_allocations_time_off_budgets_and_rates(self):
        allocations, project = self.api("Allocations"), self.project()
        body = {"parent": project, "assignee": "me", "start_date": "2027-01-04", "end_date": "2027-01-08"}
        made = allocations.create_allocation({"data": {**body, "effort": {"type": "percent", "value": 50}}}, {})
        allocations.update_allocation({"data": {"effort": {"type": "hours", "value": 20}}}, made["gid"], {})
        self.has(allocations.get_allocation(made["gid"], {}), effort={"type": "hours", "value": 20})
        self.assertEqual(self.gids(allocations.get_allocations({"parent": project})), [made["gid"]])
        control("faults", {"plan": "paid"})
        try:
            self.refused(402, allocations.get_allocations, {"parent": project})
        finally:
            control("faults", {})
        allocations.delete_allocation(made["gid"])
        away = self.api("OooEntries")
        body = {"user": "me", "workspace": self.workspace, "start_date": "2027-02-01", "end_date": "2027-02-03"}
        made = away.create_ooo_entry({"data": body}, {})["gid"]
        away.update_ooo_entry({"data": {"end_date": "2027-02-05"}}, made, {})
        self.has(away.get_ooo_entry(made, {}), end_date="2027-02-05")
        self.assertIn(made, self.gids(away.get_ooo_entries("me", self.workspace, {"start_date": "2027-02-05"})))
        away.delete_ooo_entry(made)
        self.refused(404, away.get_ooo_entry, made, {})
        rates = self.api("Rates")
        rate = rates.create_rate({"data": {"parent": project, "resource": self.me, "rate": 120}}, {})["gid"]
        rates.update_rate({"data": {"rate": 60}}, rate, {})
        self.has(rates.get_rate(rate, {}), rate=60)
        self.assertEqual(self.gids(rates.get_rates({"parent": project})), [rate])
        task = self.task(project)
        self.api("TimeTrackingEntries").create_time_tracking_entry(
            {"data": {"duration_minutes": 90, "billable_status": "billable"}}, task, {}
        )
        budgets = self.api("Budgets")
        total = {"budget_type": "cost", "parent": project, "total": {"enabled": True, "value": 5000}}
        budget = budgets.create_budget({"data": total})["gid"]
        budgets.update_budget({"data": {"total": {"value": 6000}}}, budget, {})
        read = budgets.get_budget(budget, {})
        self.assertEqual((read["total"]["value"], read["actual"]["value"]), (6000, 90))
        self.assertEqual(self.gids(budgets.get_budgets(project)), [budget])
        budgets.delete_budget(budget)
        rates.delete_rate(rate)
        self.refused(404, rates.get_rate, rate, {})
